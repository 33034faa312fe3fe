import type { Caller } from '@scalekit-mcp/auth'
import { ToolError } from '../errors.js'
import { oncePerToken } from '../once-per-token.js'
import type { AuditEvent, AuditedCaller } from './audit-event.js'
import { type ChainFile, openChainFile } from './chain-file.js'
import { type FileLock, takeFile } from './file-lock.js'
import { AuditFileError } from './open-file.js'
import { auditedCaller } from './request-record.js'
import { loadSigningKey, type SigningKey } from './signing-key.js'

/** Reads are noted together, so that they cost little; a write does not wait for this, nor do so many. */
const GATHER_MS = 250
const GATHERED = 2_000
const CHECKPOINT_MS = 60_000
/** How often a file that cannot be written is tried again, and one that can is looked for. */
const RETRY_MS = 1_000
/** So many records wait in memory while the file cannot be written; what is older is lost, and counted. */
const MAX_WAITING = 10_000

export interface AuditLog {
  /** What records say of a caller: made once per token. */
  readonly audited: (caller: Caller) => AuditedCaller
  /** Records an event: it is on the disk in a moment. */
  note(event: AuditEvent): void
  /**
   * Records an event and resolves when it is on the disk; calls at the same time share one flush.
   * @throws ToolError `audit_unavailable`
   */
  commit(event: AuditEvent): Promise<void>
  /** False while the file cannot be written: writes are refused. */
  readonly available: boolean
  /**
   * Continues in a new file when the file was renamed, and opens the file again when it could not be written, also after a
   * removal or truncation. Failures are alerts.
   */
  reopen(): Promise<void>
  /** Writes what waits and a last checkpoint. */
  close(): Promise<void>
}

export interface AuditOptions {
  readonly file: string
  readonly keyFile: string
  /** Called when the file cannot be written, and when it can again. */
  readonly onAlert: (message: string, cause?: unknown) => void
}

interface Waiting {
  readonly event: AuditEvent
  readonly settle: { resolve(): void; reject(error: unknown): void } | undefined
}

/** The disk is at fault, and may recover: everything else is a mistake in the configuration. */
const passing: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EIO'])

/**
 * Opens the audit log: an append-only chain of records in a file that this process alone writes. When another process
 * writes `audit.jsonl`, this one takes `audit-2.jsonl`, and so on.
 *
 * @throws AuditFileError, or the error of the file system; with a full disk it opens, and refuses writes
 */
export async function openAuditLog(options: AuditOptions): Promise<AuditLog> {
  const key = await loadSigningKey(options.keyFile)
  const { path, lock } = await takeFile(options.file)
  try {
    return groupCommit(() => openChainFile(path, key), await openNow(path, key, options), lock, options)
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function openNow(
  path: string,
  key: SigningKey,
  { onAlert }: AuditOptions,
): Promise<ChainFile | undefined> {
  try {
    return await openChainFile(path, key)
  } catch (error) {
    if (!passing.has((error as NodeJS.ErrnoException).code)) throw error
    onAlert(DOWN, error)
    return undefined
  }
}

const DOWN = 'The audit log cannot be written: writes are refused until it can be'
const CHANGED =
  'The audit log was changed by something else: writes are refused until a restart or SIGHUP. Restore the file, or keep a copy of what is left'

function groupCommit(
  open: () => Promise<ChainFile>,
  opened: ChainFile | undefined,
  lock: FileLock,
  { onAlert }: AuditOptions,
): AuditLog {
  let file = opened
  let waiting: Waiting[] = []
  let lost = 0
  let flushing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let urgent = false
  /** The file was removed, truncated or written by something else: an operator has to look first. */
  let changed = false
  const retry = setInterval(() => void watch(), RETRY_MS).unref()
  const checkpoints = setInterval(() => {
    if (file && file.unchecked > 0) add({ type: 'checkpoint' })
  }, CHECKPOINT_MS).unref()

  function add(event: AuditEvent, settle?: Waiting['settle']): void {
    waiting.push({ event, settle })
    if (waiting.length > MAX_WAITING) {
      waiting.shift()
      lost++
    }
    urgent ||= settle !== undefined || waiting.length >= GATHERED
    plan()
  }

  /** At once where a write waits for it, or soon. */
  function plan(): void {
    if (!file || waiting.length === 0) return
    if (urgent) void flush()
    else timer ??= setTimeout(flush, GATHER_MS)
  }

  /** One write at a time; what comes meanwhile is written with the next. */
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    flushing ??= writeBatch().finally(() => {
      flushing = undefined
      plan()
    })
    return flushing
  }

  /** An empty batch only looks for the file. */
  async function writeBatch(): Promise<void> {
    if (!file) return
    const batch = waiting
    waiting = []
    urgent = false
    try {
      await file.append(batch.map(({ event }) => event))
      for (const { settle } of batch) settle?.resolve()
    } catch (error) {
      await giveUp(error, batch)
    }
  }

  /** What was to be durable is refused, so it does not happen; the rest waits. */
  async function giveUp(error: unknown, batch: readonly Waiting[]): Promise<void> {
    changed = error instanceof AuditFileError
    onAlert(changed ? CHANGED : DOWN, error)
    await file?.close().catch(() => undefined)
    file = undefined
    const all = [...batch, ...waiting]
    for (const { settle } of all) settle?.reject(unavailable(error))
    waiting = all.filter(({ settle }) => !settle)
  }

  async function watch(): Promise<void> {
    // What waits is written soon, which looks for the file as well.
    if (file && waiting.length === 0) await flush()
    else if (!file && !changed) await openAgain().catch(() => undefined)
  }

  async function openAgain(): Promise<void> {
    if (file || flushing) return
    file = await open()
    changed = false
    onAlert('The audit log can be written again')
    if (lost > 0) waiting.unshift({ event: { type: 'gap', lost }, settle: undefined })
    lost = 0
    await flush()
  }

  return {
    audited: oncePerToken(auditedCaller),
    note: (event) => add(event),
    async commit(event) {
      if (!file) throw unavailable()
      await new Promise<void>((resolve, reject) => add(event, { resolve, reject }))
    },
    async reopen() {
      if (file) return flush()
      await openAgain().catch((error: unknown) => onAlert(changed ? CHANGED : DOWN, error))
    },
    get available() {
      return file !== undefined
    },
    async close() {
      clearInterval(retry)
      clearInterval(checkpoints)
      waiting.push({ event: { type: 'checkpoint' }, settle: undefined })
      await flush()
      await flush()
      const open = file
      file = undefined
      clearTimeout(timer)
      await open?.close()
      await lock.release()
    },
  }
}

function unavailable(cause?: unknown): ToolError {
  return new ToolError('audit_unavailable', 'This server cannot record changes now, so it makes none.', {
    cause,
  })
}
