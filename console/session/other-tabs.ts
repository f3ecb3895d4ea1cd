/** The tabs of one browser share a session: when one of them changes it, the others hear of it. */
const channel = new BroadcastChannel('mintmark-session')

export const tellOtherTabs = (): void => channel.postMessage('changed')

export function hearOtherTabs(listener: () => void): () => void {
  channel.addEventListener('message', listener)
  return () => channel.removeEventListener('message', listener)
}
