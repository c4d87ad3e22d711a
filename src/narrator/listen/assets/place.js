// Where the listener was, and how they like to listen. Kept on this device only.

const book = `narrator:${location.pathname.replace(/[^/]*$/, "")}`;
const ALL = "narrator:settings";

function read(key) {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? "null");
    return value && typeof value === "object" ? value : {};
  } catch {
    return {}; // storage is off, or holds something else: listening works without
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // a private window or a full disk: the place is not remembered
  }
}

export function place() {
  const { chapter, seconds } = read(book);
  return typeof chapter === "string" && Number.isFinite(seconds) ? { chapter, seconds } : null;
}

export function remember(chapter, seconds) {
  write(book, { chapter, seconds });
}

export function setting(name, otherwise) {
  const value = read(ALL)[name];
  return typeof value === typeof otherwise ? value : otherwise;
}

export function set(name, value) {
  write(ALL, { ...read(ALL), [name]: value });
}
