// What the operator is asked, and the token that it is asked with, which lasts as long as the tab.
const KEY = "plimsoll-token";

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const token = {
  get: () => sessionStorage.getItem(KEY),
  keep: (value) => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

const known = new Map();

/** What is at a path; `changed` is false where it is what it was. */
export async function ask(path, signal) {
  const headers = { Accept: "application/json" };
  const given = token.get();
  if (given) {
    headers.Authorization = `Bearer ${given}`;
  }
  const before = known.get(path);
  if (before) {
    headers["If-None-Match"] = before.tag;
  }
  const answer = await fetch(path, { headers, signal, cache: "no-store", redirect: "error" });
  if (answer.status === 304 && before) {
    return { value: before.value, changed: false };
  }
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    known.delete(path);
    throw new Refused(answer.status, value.message ?? `The operator answered with HTTP status ${answer.status}.`);
  }
  known.clear();
  known.set(path, { tag: answer.headers.get("ETag"), value });
  return { value, changed: true };
}

export function forgetAnswers() {
  known.clear();
}
