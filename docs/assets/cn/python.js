// A Python in a worker of its own: started when first used, gone when stopped, and with it all its names.

/** { busy, run, stop }; what is run in it shares one namespace, with no other. */
export function interpreter() {
  let worker = null;
  let running = null; // { id, told, settle } of the code that it is at
  let runs = 0;

  function start() {
    const started = new Worker(new URL("./python-worker.js", import.meta.url), { type: "module" });
    started.onmessage = ({ data }) => data.run === running?.id && hear(data);
    started.onerror = () => hear({ kind: "broken", text: "its files could not be read" });
    return started;
  }

  function hear(data) {
    if (data.kind === "done") return end(data.whole ? "whole" : "failed");
    running?.told(data);
    if (data.kind === "broken") stop("broken");
  }

  function end(how) {
    const { settle } = running;
    running = null;
    settle(how);
  }

  function stop(how = "stopped") {
    worker?.terminate();
    worker = null;
    if (running) end(how);
  }

  /** Runs code; `told` gets what it tells, one { kind, text } at a time. Gives "whole", "failed", "broken" or "stopped". */
  function run(given, told) {
    worker ??= start();
    return new Promise((settle) => {
      running = { id: ++runs, told, settle };
      worker.postMessage({ ...given, run: runs });
    });
  }

  return { busy: () => running !== null, run, stop };
}
