#!/usr/bin/env node
// Runs the compiled program of the package for this platform: same arguments, same streams, same exit status. Signals are
// handed on. FAULTLINT_BINARY names another program, for platforms without a package.
'use strict'

const { spawn } = require('node:child_process')
const os = require('node:os')

function program() {
  if (process.env.FAULTLINT_BINARY) return process.env.FAULTLINT_BINARY
  const platform = `${process.platform}-${process.arch}`
  const name = process.platform === 'win32' ? 'faultlint.exe' : 'faultlint'
  try {
    return require.resolve(`@faultlint/${platform}/bin/${name}`)
  } catch {
    fail(
      `the package @faultlint/${platform} is not installed. Install without --omit=optional (--no-optional), ` +
        'or set FAULTLINT_BINARY to a faultlint built for this platform.',
    )
  }
}

function fail(words) {
  process.stderr.write(`faultlint: ${words}\n`)
  process.exit(2)
}

const file = program()
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

// Listened to before the program is there: a signal may come while it starts, and is handed on once it has.
for (const signal of signals) process.on(signal, () => child.kill(signal))
const child = spawn(file, process.argv.slice(2), { stdio: 'inherit' })

child.on('error', (error) => fail(`${file}: ${error.message}`))
child.on('exit', (status, signal) => {
  if (signal === null) process.exit(status)
  // To die of the same signal, as whoever waits would see without this launcher.
  for (const known of signals) process.removeAllListeners(known)
  process.kill(process.pid, signal)
  setTimeout(() => process.exit(128 + os.constants.signals[signal]), 100)
})
