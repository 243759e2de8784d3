/** A resource that stays open until close(). */
export interface Held<T> {
  readonly value: T;
  /** Rejects with any error since the resource was opened. */
  close(): Promise<void>;
}

/**
 * Turns a function that keeps a resource open while a callback runs into a resource with close(). Rejects if it cannot be
 * opened.
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

/** Returns a function that runs pieces of work one at a time, in the order of the calls. */
export function inTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
