// Whether a setting stands as the page began with it.
const plain = (value) => {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};
export const isUnchanged = (value, initial) => plain(value) === plain(initial);
