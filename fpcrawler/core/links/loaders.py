"""The attributes that lazy loaders, sliders and lightboxes read, by who reads them."""

from __future__ import annotations

from fpcrawler.core.links.references import words

# An attribute that several read stands at the one that is in use most.
_URLS_BY_LOADER = {
    "lazysizes, vanilla-lazyload, lozad": "data-src data-bg data-poster",
    "vanilla-lazyload": "data-bg-hidpi data-bg-multi data-bg-multi-hidpi",
    "lazysizes, art direction": "data-lowsrc data-parent-fit-src data-master",
    "jQuery Lazy Load": "data-original data-lazy-original data-original-src",
    "Unveil": "data-src-retina data-retina data-background",
    "Echo": "data-echo data-echo-background",
    "Retina.js": "data-at2x data-rjs data-2x data-src2x",
    "Slick": "data-lazy data-lazy-background",
    "Swiper": "data-swiper-lazy-src data-swiper-background",
    "Flickity": "data-flickity-lazyload data-flickity-lazyload-src "
    "data-flickity-bg-lazyload",
    "Splide": "data-splide-lazy",
    "Glide, Owl, Nivo": "data-src-retina data-thumb data-dot-image",
    "RoyalSlider": "data-rsbigimg data-rstmb data-rsimg",
    "Revolution Slider": "data-lazyload data-thumbimage",
    "Fotorama, Galleria": "data-full data-big",
    "Magnific Popup": "data-mfp-src",
    "fancyBox": "data-fancybox-href data-fancybox-src data-thumb-src",
    "PhotoSwipe": "data-pswp-src data-large-src data-size-src data-med",
    "lightGallery": "data-download-url data-external-thumb-image",
    "elevateZoom, jQuery Zoom, Magnify": "data-zoom-image data-zoom data-zoom-src "
    "data-zoom-img data-magnify-src data-large-img-url",
    "parallax.js, Jarallax": "data-image-src data-parallax-image data-jarallax-image "
    "data-parallax-src",
    "WP Rocket, Jetpack, BJ Lazy Load": "data-lazy-src data-bg-url",
    "Jetpack Carousel": "data-orig-file data-medium-file data-large-file",
    "WordPress galleries": "data-full-url data-fullurl data-full-src",
    "WooCommerce": "data-large_image data-thumb-image",
    "NitroPack": "nitro-lazy-src data-nitro-lazy-src data-nitro-src nitro-lazy-bg "
    "data-nitro-lazy-bg",
    "PageSpeed": "data-pagespeed-lazy-src data-pagespeed-high-res-src",
    "Breeze": "data-breeze",
    "WP Fastest Cache": "data-wpfc-original-src",
    "Optimole, Ezoic, ShortPixel": "data-opt-src data-ezsrc data-spai-src data-spai-bg",
    "a3 Lazy Load, LiteSpeed": "data-lazy-img data-lazybg data-lazy-bg",
    "consent banners": "data-cmplz-src data-cookieblock-src data-cookie-src "
    "data-cookieconsent-src data-consent-src data-uc-src data-suppressedsrc "
    "data-borlabs-src",
    "Cloudflare Mirage": "data-cfsrc",
    "Adobe Experience Manager": "data-cmp-src data-asset-src",
    "Amazon": "data-old-hires data-a-hires data-hi-res data-hires",
    "Google Images": "data-iurl data-deferred",
    "LinkedIn, Zhihu": "data-delayed-url data-li-src data-actualsrc",
    "Pinterest": "data-pin-media",
    "Vuetify, vue-lazyload": "lazy-src v-lazy data-lazysrc",
    "deferred images (Varvy)": "data-defer-src data-deferred-src",
    "Netscape": "lowsrc dynsrc",
    "sizes of one image": "data-src-mobile data-src-tablet data-src-desktop "
    "data-mobile-src data-tablet-src data-desktop-src data-src-small "
    "data-src-medium data-src-large data-src-full data-src-webp data-src-hq "
    "data-small data-medium data-large data-xlarge data-mobile data-desktop",
    "themes": "data-aload data-bgsrc data-bg-src data-bg-image data-bg-img "
    "data-bgimage data-bgimg data-background-image data-background-src "
    "data-background-url data-backgroundimage data-cover data-fullsrc "
    "data-hi-res-src data-high-res-src data-highres data-hd data-hd-src data-image "
    "data-image-full data-image-large data-image-url data-imageurl data-img "
    "data-img-src data-img-url data-imgsrc data-imgurl data-lazy-image "
    "data-lazy-url data-lazyload-src data-normal data-orig data-origin "
    "data-original-url data-photo data-pic data-picture data-preview data-real "
    "data-real-src data-source data-src-original data-thumb-url data-thumbnail "
    "data-thumbnail-src data-url-image data-wood-src data-xsrc",
}
_SRCSETS_BY_LOADER = {
    "lazysizes, vanilla-lazyload, lozad": "data-srcset data-bgset",
    "WP Rocket, Jetpack, Slick": "data-lazy-srcset",
    "jQuery Lazy Load": "data-original-set data-original-srcset",
    "Flickity": "data-flickity-lazyload-srcset",
    "Splide": "data-splide-lazy-srcset",
    "Swiper": "data-swiper-lazy-srcset",
    "PhotoSwipe": "data-pswp-srcset",
    "NitroPack": "nitro-lazy-srcset data-nitro-lazy-srcset",
    "PageSpeed": "data-pagespeed-lazy-srcset",
    "Breeze": "data-brsrcset",
    "WP Fastest Cache": "data-wpfc-original-srcset",
    "Optimole, Ezoic": "data-opt-srcset data-ezsrcset",
    "consent banners": "data-cmplz-srcset",
    "Vuetify": "lazy-srcset",
    "themes": "data-defer-srcset data-deferred-srcset data-img-srcset "
    "data-image-srcset data-full-srcset data-large-srcset data-lazyload-srcset "
    "data-src-set data-zoom-srcset data-retina-srcset data-responsive",
}
_IMAGE_SETS_BY_LOADER = {"vanilla-lazyload": "data-bg-set data-bg-image-set"}


def _attributes(by_loader: dict[str, str]) -> frozenset[str]:
    return words(" ".join(by_loader.values()))


URLS = _attributes(_URLS_BY_LOADER)
"""Attributes whose value is one URL, or ``url()`` of a style sheet."""

SRCSETS = _attributes(_SRCSETS_BY_LOADER)
"""Attributes whose value is as that of ``srcset``."""

IMAGE_SETS = _attributes(_IMAGE_SETS_BY_LOADER)
"""Attributes whose value is the inside of ``image-set()``."""
