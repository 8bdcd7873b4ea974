"""The names of IPTC-IIM datasets, in ExifTool's spelling of the standard's names.

Record 1 is the envelope, 2 the description of the picture. Of the others, which
describe how the picture's own data are coded, only what identifies it is here.
"""

from __future__ import annotations

_ENVELOPE = {
    5: "Destination",
    30: "ServiceIdentifier",
    40: "EnvelopeNumber",
    50: "ProductID",
    60: "EnvelopePriority",
    70: "DateSent",
    80: "TimeSent",
    90: "CodedCharacterSet",
    100: "UniqueObjectName",
}
_APPLICATION = {
    3: "ObjectTypeReference",
    4: "ObjectAttributeReference",
    5: "ObjectName",
    7: "EditStatus",
    8: "EditorialUpdate",
    10: "Urgency",
    12: "SubjectReference",
    15: "Category",
    20: "SupplementalCategories",
    22: "FixtureIdentifier",
    25: "Keywords",
    26: "ContentLocationCode",
    27: "ContentLocationName",
    30: "ReleaseDate",
    35: "ReleaseTime",
    37: "ExpirationDate",
    38: "ExpirationTime",
    40: "SpecialInstructions",
    42: "ActionAdvised",
    45: "ReferenceService",
    47: "ReferenceDate",
    50: "ReferenceNumber",
    55: "DateCreated",
    60: "TimeCreated",
    62: "DigitalCreationDate",
    63: "DigitalCreationTime",
    65: "OriginatingProgram",
    70: "ProgramVersion",
    75: "ObjectCycle",
    80: "By-line",
    85: "By-lineTitle",
    90: "City",
    92: "Sub-location",
    95: "Province-State",
    100: "Country-PrimaryLocationCode",
    101: "Country-PrimaryLocationName",
    103: "OriginalTransmissionReference",
    105: "Headline",
    110: "Credit",
    115: "Source",
    116: "CopyrightNotice",
    118: "Contact",
    120: "Caption-Abstract",
    121: "LocalCaption",
    122: "Writer-Editor",
    130: "ImageType",
    131: "ImageOrientation",
    135: "LanguageIdentifier",
    150: "AudioType",
    151: "AudioSamplingRate",
    152: "AudioSamplingResolution",
    153: "AudioDuration",
    154: "AudioOutcue",
    184: "JobID",
    185: "MasterDocumentID",
    186: "ShortDocumentID",
    187: "UniqueDocumentID",
    188: "OwnerID",
    221: "Prefs",
    225: "ClassifyState",
    228: "SimilarityIndex",
    230: "DocumentNotes",
    231: "DocumentHistory",
    232: "ExifCameraInfo",
    255: "CatalogSets",
}
TEXTS = (
    {(1, dataset): name for dataset, name in _ENVELOPE.items()}
    | {(2, dataset): name for dataset, name in _APPLICATION.items()}
    | {(3, 10): "IPTCPictureNumber"}
)
"""Record and dataset of each text."""

NUMBERS = {
    (1, 0): "EnvelopeRecordVersion",
    (1, 20): "FileFormat",
    (1, 22): "FileVersion",
    (1, 120): "ARMIdentifier",
    (1, 122): "ARMVersion",
    (2, 0): "ApplicationRecordVersion",
    (2, 200): "ObjectPreviewFileFormat",
    (2, 201): "ObjectPreviewFileVersion",
    (3, 0): "NewsPhotoVersion",
}
"""Record and dataset of each number, which has the most significant byte first."""

PICTURES = {
    (2, 125): "RasterizedCaption",
    (2, 202): "ObjectPreviewData",
    (8, 10): "SubFile",
    (8, 202): "ObjectPreviewData",
}
"""Record and dataset of each picture; the last one is that of some writers only."""

# ISO/IEC 2022 section 7: `ESC`, `-`, `.` or `/`, and the final byte that the
# international register gives to each set of 96 characters.
CHARACTER_SETS = {
    b"A": "iso8859-1",
    b"B": "iso8859-2",
    b"C": "iso8859-3",
    b"D": "iso8859-4",
    b"F": "iso8859-7",
    b"G": "iso8859-6",
    b"H": "iso8859-8",
    b"L": "iso8859-5",
    b"M": "iso8859-9",
    b"V": "iso8859-10",
    b"b": "iso8859-15",
}
