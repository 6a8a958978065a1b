// Hocuspocus with its SQLite extension, as its documentation starts it. Usage: hocuspocus.mjs PORT FOLDER
import { SQLite } from '@hocuspocus/extension-sqlite'
import { Server } from '@hocuspocus/server'

const [port, folder] = process.argv.slice(2)
await new Server({
  address: '127.0.0.1',
  port: Number(port),
  quiet: true,
  extensions: [new SQLite({ database: `${folder}/documents.sqlite` })],
}).listen()
