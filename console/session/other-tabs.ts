/** The tabs of a browser share a session. A tab that changes it notifies the others. */
const channel = new BroadcastChannel('mintmark-session')

export const notifyOtherTabs = (): void => channel.postMessage('changed')

export function onOtherTabChange(listener: () => void): () => void {
  channel.addEventListener('message', listener)
  return () => channel.removeEventListener('message', listener)
}
