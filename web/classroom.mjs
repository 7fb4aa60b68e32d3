/**
 * Writes the zip for a classroom: the site packed for any host, a server for each system,
 * and a page that says how to start it. The same files give the same bytes.
 *
 *   node classroom.mjs --site DIRECTORY --programs DIRECTORY --out FILE
 */

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { filesIn, SPARE } from "./folder.mjs";
import { zipOf } from "./zip.mjs";

const ROOT = "tabernetes-classroom";
/** As Unix has them in the upper half of a zip's attributes. */
const FILE = 0o100644 * 2 ** 16;
const PROGRAM = 0o100755 * 2 ** 16;
const UNIX = 3;

const { values } = parseArgs({
  options: { site: { type: "string" }, programs: { type: "string" }, out: { type: "string" } },
});

const SCRIPT = `#!/bin/sh
# Starts the server for this system. Options are passed on: --lan lets a class in.
cd "$(dirname "$0")" || exit 1
system=$(uname -s | tr '[:upper:]' '[:lower:]')
case $(uname -m) in arm64 | aarch64) machine=arm64 ;; *) machine=amd64 ;; esac
exec "./classroom-$system-$machine" "$@"
`;

const BATCH = (options) =>
  `@echo off
cd /d "%~dp0"
if "%PROCESSOR_ARCHITECTURE%"=="ARM64" (classroom-windows-arm64.exe ${options}) else (classroom-windows-amd64.exe ${options})
pause
`.replaceAll("\n", "\r\n");

const README = `Tabernetes for a classroom

Start it for this machine alone:
  Windows         double-click start.bat
  macOS, Linux    ./start.sh
Start it for a class in the same network:
  Windows         double-click start-class.bat
  macOS, Linux    ./start.sh --lan
It prints the address, a QR code for the class, and that of the teacher's page. Nothing
is installed and nothing is sent to the internet. The programs are not signed: macOS opens
them after "xattr -d com.apple.quarantine *" in this folder, Windows after "More info",
"Run anyway".

在教室里使用 Tabernetes

只在本机使用：
  Windows         双击 start.bat
  macOS、Linux    ./start.sh
让同一网络内的全班使用：
  Windows         双击 start-class.bat
  macOS、Linux    ./start.sh --lan
程序会显示网址、给全班扫描的二维码，以及教师页面的网址。无需安装，也不会向互联网发送任何内容。
程序没有签名：macOS 请先在本文件夹执行 xattr -d com.apple.quarantine *；Windows 请依次点“更多信息”“仍要运行”。
`;

const text = (content) => new TextEncoder().encode(content);
const files = [
  ["README.txt", text(README), FILE],
  ["start.sh", text(SCRIPT), PROGRAM],
  ["start.bat", text(BATCH("")), FILE],
  ["start-class.bat", text(BATCH("--lan")), FILE],
];
for (const name of await filesIn(values.programs)) {
  files.push([name, await readFile(path.join(values.programs, name)), PROGRAM]);
}
for (const name of await filesIn(values.site)) {
  // The first is what make knows the folder by.
  if (path.basename(name) !== ".complete" && !SPARE.test(name)) {
    files.push([`site/${name}`, await readFile(path.join(values.site, name)), FILE]);
  }
}
const entries = files.map(([name, bytes, attrs]) => [`${ROOT}/${name}`, bytes, { attrs, os: UNIX }]);
await writeFile(values.out, zipOf(entries));
