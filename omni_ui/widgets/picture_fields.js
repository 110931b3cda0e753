// The picture fields of the page, by elem_id: what other scripts may do with them.

/** By elem_id: { box, several, add(files), tell(checks), first(), replaceFirst(file) }. */
export const pictureFields = {};
