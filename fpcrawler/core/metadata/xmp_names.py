"""Name XMP namespaces by their usual prefixes.

The prefixes are those of the specifications: XMP parts 1 and 2, IPTC Photo Metadata,
PLUS, MWG, CIPA DC-010, PRISM, Dublin Core; otherwise those that the writers use.
"""

from __future__ import annotations

import re

_SIMILAR = re.compile(r"\d+(?:\.\d+)+")


def without_version(uri: str) -> str:
    """Return the URI without what differs between writers of one namespace.

    That is the scheme, the case, the version number, and ``/`` or ``#`` at the end.
    """
    plain = uri.strip().lower().rstrip("/#").removeprefix("https://")
    return _SIMILAR.sub("*", plain.removeprefix("http://"))


PREFIXES = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "adobe:ns:meta/": "x",
    # XMP, parts 1 and 2, and Adobe's other schemas.
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/bj/": "xmpBJ",
    "http://ns.adobe.com/xap/1.0/g/": "xmpG",
    "http://ns.adobe.com/xap/1.0/g/img/": "xmpGImg",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/PLUS/": "xmpPLUS",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/t/pg/": "xmpTPg",
    "http://ns.adobe.com/xap/1.0/sType/Dimensions#": "stDim",
    "http://ns.adobe.com/xap/1.0/sType/Font#": "stFnt",
    "http://ns.adobe.com/xap/1.0/sType/Job#": "stJob",
    "http://ns.adobe.com/xap/1.0/sType/ManifestItem#": "stMfs",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
    "http://ns.adobe.com/xap/1.0/sType/Version#": "stVer",
    "http://ns.adobe.com/xmp/1.0/DynamicMedia/": "xmpDM",
    "http://ns.adobe.com/xmp/Identifier/qual/1.0/": "xmpidq",
    "http://ns.adobe.com/xmp/note/": "xmpNote",
    "http://ns.adobe.com/xmp/sType/Area#": "stArea",
    "http://ns.adobe.com/album/1.0/": "album",
    "http://ns.adobe.com/camera-raw-defaults/1.0/": "crd",
    "http://ns.adobe.com/camera-raw-embedded-lens-profile/1.0/": "crlcp",
    "http://ns.adobe.com/camera-raw-saved-settings/1.0/": "crss",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://ns.adobe.com/creatorAtom/1.0/": "creatorAtom",
    "http://ns.adobe.com/DICOM/": "DICOM",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://ns.adobe.com/hdr-gain-map/1.0/": "hdrgm",
    "http://ns.adobe.com/hdr-metadata/1.0/": "hdr_metadata",
    "http://ns.adobe.com/illustrator/1.0/": "illustrator",
    "http://ns.adobe.com/iX/1.0/": "iX",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://ns.adobe.com/pdf/1.3/": "pdf",
    "http://ns.adobe.com/pdfx/1.3/": "pdfx",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/photoshop/1.0/camera-profile": "stCamera",
    "http://ns.adobe.com/photoshop/1.0/panorama-profile": "panorama",
    "http://ns.adobe.com/StockPhoto/1.0/": "bmsp",
    "http://ns.adobe.com/swf/1.0/": "swf",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://www.aiim.org/pdfa/ns/id/": "pdfaid",
    "http://www.aiim.org/pdfua/ns/id/": "pdfuaid",
    "http://www.npes.org/pdfx/ns/id/": "pdfxid",
    "http://xmp.gettyimages.com/gift/1.0/": "GettyImagesGIFT",
    # Standards of others.
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://www.metadataworkinggroup.com/schemas/collections/": "mwg-coll",
    "http://www.metadataworkinggroup.com/schemas/keywords/": "mwg-kw",
    "http://www.metadataworkinggroup.com/schemas/regions/": "mwg-rs",
    "http://creativecommons.org/ns#": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://prismstandard.org/namespaces/basic/2.0/": "prism",
    "http://prismstandard.org/namespaces/pmi/2.2/": "pmi",
    "http://prismstandard.org/namespaces/prismusagerights/2.1/": "pur",
    "http://prismstandard.org/namespaces/prl/2.1/": "prl",
    "http://prismstandard.org/namespaces/prm/3.0/": "prm",
    "http://rs.tdwg.org/dwc/index.htm": "dwc",
    "http://rs.tdwg.org/dwc/terms/": "dwc",
    "http://ns.optimasc.com/dex/1.0/": "dex",
    "http://c2pa.org/ns/xmp/1.0/": "c2pa",
    "http://xmlns.com/foaf/0.1/": "foaf",
    # Cameras, phones and drones.
    "http://developer.sonyericsson.com/cell/1.0/": "cell",
    "http://ns.apple.com/adjustment-settings/1.0/": "aas",
    "http://ns.apple.com/depthBlurEffect/1.0/": "depthBlurEffect",
    "http://ns.apple.com/depthData/1.0/": "depthData",
    "http://ns.apple.com/faceinfo/1.0/": "apple-fi",
    "http://ns.apple.com/HDRGainMap/1.0/": "HDRGainMap",
    "http://ns.apple.com/ImageIO/1.0/": "iio",
    "http://ns.apple.com/namespace/1.0/": "apple_desktop",
    "http://ns.apple.com/pixeldatainfo/1.0/": "apdi",
    "http://ns.apple.com/portraitEffectsMatte/1.0/": "portraitEffectsMatte",
    "http://ns.apple.com/semanticSegmentationMatte/1.0/": "semanticSegmentationMatte",
    "http://ns.google.com/photos/1.0/audio/": "GAudio",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
    "http://ns.google.com/photos/1.0/container/": "Container",
    "http://ns.google.com/photos/1.0/container/item/": "Item",
    "http://ns.google.com/photos/1.0/creations/": "GCreations",
    "http://ns.google.com/photos/1.0/depthmap/": "GDepth",
    "http://ns.google.com/photos/1.0/focus/": "GFocus",
    "http://ns.google.com/photos/1.0/image/": "GImage",
    "http://ns.google.com/photos/1.0/panorama/": "GPano",
    "http://ns.google.com/photos/dd/1.0/appinfo/": "AppInfo",
    "http://ns.google.com/photos/dd/1.0/camera/": "Camera",
    "http://ns.google.com/photos/dd/1.0/container/": "Container",
    "http://ns.google.com/photos/dd/1.0/depthmap/": "DepthMap",
    "http://ns.google.com/photos/dd/1.0/device/": "Device",
    "http://ns.google.com/photos/dd/1.0/earthpose/": "EarthPose",
    "http://ns.google.com/photos/dd/1.0/image/": "Image",
    "http://ns.google.com/photos/dd/1.0/imagingmodel/": "ImagingModel",
    "http://ns.google.com/photos/dd/1.0/item/": "Item",
    "http://ns.google.com/photos/dd/1.0/pose/": "Pose",
    "http://ns.google.com/photos/dd/1.0/profile/": "Profile",
    "http://ns.google.com/photos/dd/1.0/vendorinfo/": "VendorInfo",
    "http://ns.google.com/videos/1.0/spherical/": "GSpherical",
    "http://ns.leiainc.com/photos/1.0/image/": "LImage",
    "http://ns.nikon.com/asteroid/1.0/": "ast",
    "http://ns.nikon.com/nine/1.0/": "nine",
    "http://ns.nikon.com/sdc/1.0/": "sdc",
    "http://ns.xiaomi.com/photos/1.0/camera/": "MiCamera",
    "http://pix4d.com/camera/1.0/": "Camera",
    "http://www.dji.com/drone-dji/1.0/": "drone-dji",
    "http://ns.flir.com/xmp/1.0/": "FLIR",
    "http://www.parrot.com/drone-parrot/1.0/": "drone-parrot",
    # Editors and catalogues.
    "http://ns.acdsee.com/iptc/1.0/": "acdsee",
    "http://ns.acdsee.com/regions/": "acdsee-rs",
    "http://ns.acdsee.com/sType/Area#": "acdsee-stArea",
    "http://ns.camerabits.com/photomechanic/1.0/": "photomechanic",
    "http://ns.exiftool.ca/1.0/": "et",
    "http://ns.exiftool.org/1.0/": "et",
    "http://ns.extensis.com/extensis/1.0/": "extensis",
    "http://ns.fastpictureviewer.com/fpv/1.0/": "fpv",
    "http://ns.fotoware.com/iptcxmp-custom/1.0/": "fwc",
    "http://ns.idimager.com/ics/1.0/": "ics",
    "http://ns.iview-multimedia.com/mediapro/1.0/": "mediapro",
    "http://ns.microsoft.com/expressionmedia/1.0/": "expressionmedia",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
    "http://ns.microsoft.com/photo/1.1": "MP1",
    "http://ns.microsoft.com/photo/1.2/": "MP",
    "http://ns.microsoft.com/photo/1.2/t/Region#": "MPReg",
    "http://ns.microsoft.com/photo/1.2/t/RegionInfo#": "MPRI",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://www.digikam.org/ns/kipi/1.0/": "kipi",
    "http://darktable.sf.net/": "darktable",
    "http://www.gimp.org/xmp/": "GIMP",
    "http://www.gimp.org/ns/2.10/": "GIMP",
    "http://www.inkscape.org/namespaces/inkscape": "inkscape",
}
"""Namespace URI to the prefix that its properties have in the record."""

USUAL_PREFIXES = frozenset(PREFIXES.values())

# Some writers end a URI with a slash too many or too few.
_BY_ENDING = {uri.rstrip("/#").lower(): prefix for uri, prefix in PREFIXES.items()}
_BY_SIMILARITY = {
    (without_version(uri), prefix.lower()): prefix for uri, prefix in PREFIXES.items()
}


def usual_prefix(uri: str, prefix: str) -> str | None:
    """Return the usual prefix of a known URI, else None.

    ``prefix`` is the document's. It decides only about a URI that is known in another
    version: the versions of Microsoft's URI are different namespaces.
    """
    return (
        PREFIXES.get(uri)
        or _BY_ENDING.get(uri.strip().rstrip("/#").lower())
        or _BY_SIMILARITY.get((without_version(uri), prefix.lower()))
    )
