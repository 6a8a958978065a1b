/** Builds what the browser loads, into the package's static files. Run with the project's own Node: `node build.mjs`. */
import { build } from 'esbuild'
import { copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const HERE = dirname(fileURLToPath(import.meta.url))
const OUT = join(HERE, '..', 'concerte', 'common', 'static', 'concerte', 'dist')
const EDITOR_BUDGET_BYTES = 250_000 // gzip

const exists = path => stat(path).then(() => true, () => false)

const ENTRIES = [
  { in: 'editor/main.ts', out: 'editor' },
  { in: 'editor/note/main.ts', out: 'note' },
  { in: 'styles/editor.css', out: 'editor' },
  { in: 'styles/style.css', out: 'style' },
  { in: 'site/site.ts', out: 'site' },
]

async function bundle() {
  const entryPoints = []
  for (const entry of ENTRIES) {
    if (await exists(join(HERE, entry.in))) entryPoints.push({ in: join(HERE, entry.in), out: entry.out })
  }
  await build({
    entryPoints,
    absWorkingDir: HERE,
    outdir: OUT,
    bundle: true,
    minify: true,
    sourcemap: false, // a dangling map reference stops collectstatic
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'eof',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.woff2': 'file', '.svg': 'file' },
    assetNames: 'fonts/[name]', // no hash: pages preload them by name, and the static files storage adds its own
    logLevel: 'warning',
  })
  await copyFile(join(HERE, 'node_modules/htmx.org/dist/htmx.min.js'), join(OUT, 'htmx.min.js'))
}

async function report() {
  const files = (await readdir(OUT, { recursive: true, withFileTypes: true })).filter(file => file.isFile())
  const rows = []
  for (const file of files) {
    const path = join(file.parentPath, file.name)
    const bytes = await readFile(path)
    rows.push({ name: relative(OUT, path), raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length })
  }
  rows.sort((a, b) => a.name.localeCompare(b.name))
  for (const { name, raw, gzip } of rows) {
    console.log(`${name.padEnd(64)} ${(raw / 1000).toFixed(1).padStart(8)} kB ${(gzip / 1000).toFixed(1).padStart(8)} kB gzip`)
  }
  for (const name of ['editor.js', 'note.js']) {
    const editor = rows.find(row => row.name === name)
    if (editor && editor.gzip > EDITOR_BUDGET_BYTES) {
      throw new Error(`${name} weighs ${editor.gzip} bytes gzip, more than ${EDITOR_BUDGET_BYTES}`)
    }
  }
}

await rm(OUT, { recursive: true, force: true })
await mkdir(OUT, { recursive: true })
await bundle()
await report()
