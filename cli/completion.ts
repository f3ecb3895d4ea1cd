/** Shell completion: `completion` prints a script, which calls the hidden command `complete` with the words typed so far. */
import addTab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

export function addCompletion(root: Command): void {
  addTab(root, { completionCommandName: 'completion' })
  root.commands.find((each) => each.name() === 'completion')?.description('Print a completion script for a shell.')
}
