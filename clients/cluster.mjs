/**
 * A cluster of "tabernetes serve", over HTTPS and with a kubeconfig, and the programs
 * that use it. The tests of this folder start one each and call them as a person does.
 *
 * It knows of a cluster what kubectl says. BIN is the folder of the programs, which
 * "make clients" builds.
 */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The folder of these tests. */
export const HERE = path.dirname(fileURLToPath(import.meta.url));
const BIN = process.env.BIN ?? path.join(path.dirname(HERE), "bin");
/** Where each test leaves what its cluster has said. */
const LOGS = path.join(path.dirname(HERE), ".cache/clients");
/** How long a start of a cluster, or anything that is waited for, may take, in milliseconds. */
const LIMIT = 120_000;
/** How long a program may run that ends by itself, in milliseconds. */
const PROGRAM_LIMIT = 180_000;

/** Starts a cluster; close() ends it and what was started with it. */
export async function startCluster() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "tabernetes-clients-"));
  const kubeconfig = path.join(folder, "kubeconfig");
  await mkdir(LOGS, { recursive: true });
  const log = await open(path.join(LOGS, `${path.basename(process.argv[1], ".test.mjs")}.log`), "w");
  const server = spawn(
    path.join(BIN, "tabernetes"),
    ["serve", "--tls", "--listen", "127.0.0.1:0", "--kubeconfig", kubeconfig],
    { stdio: ["ignore", "pipe", log.fd] },
  );
  await log.close();
  const cluster = new Cluster(folder, kubeconfig);
  cluster.onClose(() => end(server));
  const [line] = await Promise.race([
    new Promise((resolve, reject) => {
      createInterface({ input: server.stdout }).once("line", (text) => resolve([text]));
      server.once("error", reject);
      server.once("exit", (code) => reject(new Error(`tabernetes serve ended with ${code}`)));
    }),
    delay(LIMIT, ["tabernetes serve said nothing"], { ref: false }),
  ]);
  assert.match(line, /^Kubernetes API on https:/);
  return cluster;
}

/** Ends a program that runs until then. */
async function end(child) {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
}

export class Cluster {
  #closers = [];

  constructor(folder, kubeconfig) {
    /** An own folder for what a test writes. */
    this.folder = folder;
    this.kubeconfig = kubeconfig;
  }

  /** Has something done when the cluster ends, the latest first. */
  onClose(closer) {
    this.#closers.push(closer);
  }

  async close() {
    for (const closer of this.#closers.reverse()) await closer();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What a program finds in its environment: nothing of the person who runs the tests. */
  environment(kubeconfig = this.kubeconfig) {
    return {
      PATH: `${BIN}:${process.env.PATH}`,
      HOME: this.folder,
      KUBECONFIG: kubeconfig,
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
    };
  }

  /**
   * Runs a program of BIN until it ends: {code, stdout, stderr}. Options: input for its
   * standard input, kubeconfig for another user.
   */
  async try(program, args, { input = "", kubeconfig } = {}) {
    return await new Promise((resolve, reject) => {
      const child = execFile(
        path.join(BIN, program),
        args,
        { env: this.environment(kubeconfig), cwd: this.folder, timeout: PROGRAM_LIMIT, maxBuffer: 1 << 26 },
        (error, stdout, stderr) => {
          if (error !== null && typeof error.code !== "number") reject(error);
          else resolve({ code: error?.code ?? 0, stdout, stderr });
        },
      );
      child.stdin.end(input);
    });
  }

  /** Runs a program that has to succeed, and returns what it printed. */
  async run(program, args, options) {
    const { code, stdout, stderr } = await this.try(program, args, options);
    assert.equal(code, 0, `${program} ${args.join(" ")}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs a program that has to fail, and returns what it complained of. */
  async refuse(program, args, options) {
    const { code, stdout, stderr } = await this.try(program, args, options);
    assert.notEqual(code, 0, `${program} ${args.join(" ")} succeeds\n${stdout}`);
    return stderr;
  }

  /** Runs a line of kubectl; words are parted by spaces. */
  kubectl(line, options) {
    return this.run("kubectl", line.split(" "), options);
  }

  /** Applies manifests, as text. */
  apply(text) {
    return this.kubectl("apply -f -", { input: text });
  }

  /** What kubectl get -o json says of objects. */
  async get(line) {
    return JSON.parse(await this.kubectl(`get ${line} -o json`));
  }

  /** Writes a kubeconfig for a bearer token and returns its path. */
  async withToken(name, token) {
    const file = path.join(this.folder, `${name}.kubeconfig`);
    const config = JSON.parse(await this.kubectl("config view --raw --minify -o json"));
    config.users[0].user = { token };
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    return file;
  }

  /** Starts a program that runs until the cluster ends. */
  start(program, args, { kubeconfig } = {}) {
    const child = spawn(path.join(BIN, program), args, {
      env: this.environment(kubeconfig),
      cwd: this.folder,
    });
    const running = { child, output: "", stop: () => end(child) };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        running.output += text;
      });
    }
    child.stdin.end();
    this.onClose(running.stop);
    return running;
  }
}

/**
 * Calls look until it returns something else than undefined, null or false, and returns
 * that. What it throws counts as nothing, and is told when the time is over, after what:
 * a text, or a function that makes it then.
 */
export async function eventually(what, look, limit = LIMIT) {
  const deadline = Date.now() + limit;
  let last = "";
  while (Date.now() < deadline) {
    try {
      const found = await look();
      if (found) return found;
      last = "";
    } catch (error) {
      last = `\n${error.message}`;
    }
    await delay(200);
  }
  assert.fail(`${typeof what === "function" ? what() : what}: not within ${limit / 1000} s${last}`);
}
