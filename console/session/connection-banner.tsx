/** Says that the server cannot be reached, out of the way of what one is doing; what failed is asked for again when it is back. */
import { CloudOfflineIcon } from '@primer/octicons-react'
import { useEffect, useRef } from 'react'
import { queries } from '../queries.ts'
import { useConnection } from './connection.ts'

const words = {
  heard: '',
  silent: 'The server does not answer. Trying again…',
  offline: 'You are offline. What you typed stays here.',
}

export function ConnectionBanner() {
  const connection = useConnection()
  const before = useRef(connection)
  useEffect(() => {
    if (connection === 'heard' && before.current !== 'heard') void queries.invalidateQueries()
    before.current = connection
  }, [connection])
  return (
    <div role="status">
      {connection !== 'heard' && (
        <div className="connection">
          <CloudOfflineIcon />
          {words[connection]}
        </div>
      )}
    </div>
  )
}
