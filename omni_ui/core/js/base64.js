/** Bytes as base64. In pieces: a function takes no more than some ten thousand arguments. */
export const toBase64 = (buffer) => {
  const bytes = new Uint8Array(buffer);
  let letters = "";
  for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(letters);
};
