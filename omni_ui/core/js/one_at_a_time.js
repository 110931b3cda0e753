/** `work`, never twice at a time. Called while it runs, it runs once more afterwards: what the first time has read may
 *  be older than the call. Gives a promise that is fulfilled when nothing is left to do. */
export const oneAtATime = (work) => {
  let running = null;
  let again = false;
  const run = async () => {
    try {
      do {
        again = false;
        await work();
      } while (again);
    } finally {
      running = null;
    }
  };
  return () => {
    if (running) again = true;
    else running = run();
    return running;
  };
};
