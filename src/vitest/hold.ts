/** Something open, until it is closed. */
export interface Held<T> {
  readonly value: T;
  /** Rejects with what went wrong since it was opened. */
  close(): Promise<void>;
}

/**
 * Keeps open what is otherwise open during a piece of work: `open` is given work that ends when the result is closed.
 * Rejects with what keeps it from being opened.
 */
export function hold<T>(open: (work: (value: T) => Promise<void>) => Promise<void>): Promise<Held<T>> {
  return new Promise((resolve, reject) => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((done) => {
      release = done;
    });
    const ended = open((value) => {
      resolve({
        value,
        close: () => {
          release();
          return ended;
        },
      });
      return released;
    });
    ended.catch(reject);
  });
}

/** Runs pieces of work one after the other, in the order they are given. */
export function inTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
