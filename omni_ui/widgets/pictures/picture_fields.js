// The picture fields of the page, by elem_id: what other scripts may do with them.

/** By elem_id: { box, several, wholeTab, add(files), tell(checks), first(), paths(), replaceFirst(file), clear() }. */
export const pictureFields = {};

/** By the elem_id of a field whose picture stands on a stage: { paint() }, which begins a mask right there. */
export const stages = {};

/** The field at an element of the page: one that it lies in, else one that takes pictures for its whole tab. */
export const fieldAt = (element) => {
  const fields = Object.values(pictureFields).filter(({ box }) => box.isConnected);
  const tab = element?.closest?.(".tabitem");
  return fields.find(({ box }) => box.contains(element)) || fields.find(({ box, wholeTab }) => wholeTab && tab?.contains(box));
};
