/** Components that load after the page is rendered, such as dialogs. They are not part of the page's own chunk. */
import { type ComponentType, useEffect, useState } from 'react'
import { checkVersion } from '../session/connection.ts'

/** Renders `Fallback` until the component is loaded. */
export function lazyComponent<P extends object>(load: () => Promise<ComponentType<P>>, Fallback?: ComponentType<P>) {
  let loadedComponent: ComponentType<P> | null = null
  return function Fetched(props: P) {
    const [Component, setComponent] = useState(() => loadedComponent)
    useEffect(() => {
      if (Component) return
      load().then(
        (loaded) => {
          loadedComponent = loaded
          setComponent(() => loaded)
        },
        // The connection banner reports the lost network or the upgrade. The next render tries again.
        () => void checkVersion(),
      )
    })
    const Shown = Component ?? Fallback
    return Shown && <Shown {...props} />
  }
}
