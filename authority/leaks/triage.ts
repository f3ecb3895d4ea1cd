/** Assigns, resolves and reopens leak reports, and adds notes to them. */
import { type BodyOf, type InputOf, type leakReports, limits } from '@mintmark/contract'
import { may } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import type { Db } from '../database/database.ts'
import { newId } from '../ids.ts'
import { findActiveSubject, findGrants } from '../rights/rights-view.ts'
import { insertNote, updateLeak } from './leak-store.ts'
import type { LeakReportRecord } from './leak-view.ts'

export async function changeLeakReport(
  { db, world }: Context,
  report: LeakReportRecord,
  { assigneeId, resolution }: InputOf<typeof leakReports>,
): Promise<void> {
  if (assigneeId && !(await canSee(db, assigneeId, report)))
    throw new Refusal('invalid-relationship', {
      detail:
        'Expected an active user who can see the leak report: with the permission leak-reports:read, or the owner.',
      at: '/data/relationships/assignee',
    })
  if (resolution === 'revoked' && report.tokenState !== 'inactive')
    throw new Refusal('invalid-attribute', {
      detail: 'The token is still active. Revoke it first, or select another resolution.',
      at: '/data/attributes/resolution',
    })
  const resolvedAt = resolution ? (report.resolvedAt ?? world.now().toISOString()) : null
  if (assigneeId !== undefined) await updateLeak(db, report.id, { assigneeId })
  if (resolution !== undefined) await updateLeak(db, report.id, { resolution, resolvedAt })
}

async function canSee(db: Db, userId: string, report: LeakReportRecord): Promise<boolean> {
  if ((await findActiveSubject(db, userId)) !== 'user') return false
  if (userId === report.ownerId) return true
  const grants = await findGrants(db, 'user', userId)
  return report.accounts.some((account) => may({ grants }, 'leak-reports:read', { account }))
}

type Note = BodyOf<(typeof leakReports)['operations']['addNote']['body']>

export async function addLeakReportNote(
  { db, world, actor }: Context,
  { id: leakReportId }: LeakReportRecord,
  { text }: Note,
): Promise<{ id: string }> {
  const id = newId(world, 'note')
  const author = { authorKind: actor.kind, authorId: actor.id }
  const row = { id, leakReportId, ...author, text, createdAt: world.now().toISOString() }
  if (!(await insertNote(db, row, limits.leakNotesPerReport)))
    throw new Refusal('conflict', { detail: `A leak report has at most ${limits.leakNotesPerReport} notes.` })
  return { id }
}
