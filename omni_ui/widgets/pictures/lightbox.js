// Pictures over the whole window, with zoom, next, swipe and keys: PhotoSwipe (omni_ui/widgets/photoswipe).
import { make } from "../../core/js/dom.js";
import { translate } from "../../core/js/language.js";
import PhotoSwipe from "../photoswipe/photoswipe.esm.min.js";

const sized = async ({ url, alt }) => {
  const image = make("img", { src: url });
  await image.decode().catch(() => {});
  return { src: url, alt, width: image.naturalWidth || 1, height: image.naturalHeight || 1 };
};

/** pictures: [{url, alt}]; at: the one that is seen first. */
export const openLightbox = async (pictures, at) => {
  const before = document.activeElement;
  const viewer = new PhotoSwipe({
    dataSource: await Promise.all(pictures.map(sized)),
    index: at,
    bgOpacity: 0.92,
    showHideAnimationType: "none",
    maxZoomLevel: 6,
    // A small picture fills the window too.
    initialZoomLevel: "fit",
    secondaryZoomLevel: (level) => Math.max(1, 2 * level.fit),
    closeTitle: translate("Close"),
    zoomTitle: translate("Zoom"),
    arrowPrevTitle: translate("Previous picture"),
    arrowNextTitle: translate("Next picture"),
    errorMsg: translate("The picture could not be loaded."),
  });
  viewer.on("destroy", () => before?.focus?.({ preventScroll: true }));
  viewer.init();
};
