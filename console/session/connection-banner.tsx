/** A banner while the server is unreachable. Queries are refetched when it is back. */
import { CloudOfflineIcon } from '@primer/octicons-react'
import { useEffect, useRef } from 'react'
import { queries } from '../queries.ts'
import { useConnection } from './connection.ts'

const words = {
  online: '',
  unreachable: 'The server is unreachable. Retrying…',
  offline: 'You are offline. Your input is kept.',
}

export function ConnectionBanner() {
  const connection = useConnection()
  const before = useRef(connection)
  useEffect(() => {
    if (connection === 'online' && before.current !== 'online') void queries.invalidateQueries()
    before.current = connection
  }, [connection])
  return (
    <div role="status">
      {connection !== 'online' && (
        <div className="connection">
          <CloudOfflineIcon />
          {words[connection]}
        </div>
      )}
    </div>
  )
}
