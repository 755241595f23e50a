// What a browser keeps for the page, for good or for the tab. It may have that turned off: then nothing is kept.

/** Calls `act` with the storage of that name, `null` where there is none. */
export function stored(name, act) {
  try {
    return act(window[name]);
  } catch {
    return null;
  }
}
