/** What no page needs before it can be used, such as its dialogs: fetched as soon as the page stands, not with it. */
import { type ComponentType, useEffect, useState } from 'react'

/** Until it is there `Meanwhile` stands in its place. */
export function fetched<P extends object>(load: () => Promise<ComponentType<P>>, Meanwhile?: ComponentType<P>) {
  let kept: ComponentType<P> | null = null
  return function Fetched(props: P) {
    const [Component, setComponent] = useState(() => kept)
    useEffect(() => {
      if (Component) return
      load().then(
        (loaded) => {
          kept = loaded
          setComponent(() => loaded)
        },
        // The network is gone, which the page says elsewhere: asked for again when something is pressed.
        () => undefined,
      )
    })
    const Shown = Component ?? Meanwhile
    return Shown && <Shown {...props} />
  }
}
