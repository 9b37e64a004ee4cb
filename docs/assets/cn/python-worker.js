// Python in a worker of its own: what is run there can be stopped, and cannot hurt the page.
const KEPT = 20_000; // characters of output of one run, unless told; more would only be slow to show
let ready;
let names;

async function start(base, run) {
  const { wheel, megabytes } = await (await fetch(`${base}live.json`)).json();
  postMessage({ run, kind: "loading", text: megabytes });
  const { loadPyodide } = await import(`${base}pyodide.mjs`);
  const [python, packed] = await Promise.all([
    loadPyodide({ indexURL: base, stdin: () => null }),
    fetch(base + wheel).then((response) => response.arrayBuffer()),
  ]);
  python.unpackArchive(packed, "wheel");
  names = python.globals.get("dict")();
  names.set("__name__", "__main__");
  return python;
}

// What is written in one go is sent in one message, or a loop that prints would drown the page in them.
function teller(run, kept) {
  let waiting = "";
  let since = 0;
  let left = kept;
  const flush = () => {
    if (waiting) postMessage({ run, kind: "output", text: waiting });
    waiting = "";
    since = performance.now();
  };
  const tell = (kind, text) => {
    if (kind !== "output") {
      flush();
      postMessage({ run, kind, text });
    } else if (left > 0) {
      waiting += text.length < left ? text : `${text.slice(0, left)}\n… and more, not shown\n`;
      left -= text.length;
      if (left <= 0 || performance.now() - since > 100) flush();
    }
  };
  return { tell, flush };
}

onmessage = async ({ data: { base, run, code, expected, title, task, kept = KEPT } }) => {
  try {
    ready ??= start(base, run);
    const python = await ready;
    const module = python.pyimport(task ? "convnotes.exercises.tasks.marking" : "convnotes.console");
    postMessage({ run, kind: "ready" });
    const { tell, flush } = teller(run, kept);
    const whole = task ? module.mark(code, python.pyimport("json").loads(task), tell) : module.run(code, names, tell, python.toPy(expected), title);
    flush();
    postMessage({ run, kind: "done", whole });
  } catch (error) {
    postMessage({ run, kind: "broken", text: String(error) });
  }
};
