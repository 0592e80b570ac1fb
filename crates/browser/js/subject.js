// A list of callbacks: what is told to one is told to all, and none can spoil it for the next.
export function subject() {
  const callbacks = new Set();
  return {
    tell(json) {
      for (const callback of callbacks) {
        try {
          callback(json);
        } catch (error) {
          console.error(error);
        }
      }
    },
    listen(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  };
}
