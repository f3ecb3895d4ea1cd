/** A banner while the server is unreachable, or after it was upgraded. Queries are refetched when it is back. */
import { Button } from '@mantine/core'
import { CloudOfflineIcon, SyncIcon } from '@primer/octicons-react'
import { useEffect, useRef } from 'react'
import { queries } from '../queries.ts'
import { useConnection } from './connection.ts'

const words = {
  online: '',
  unreachable: 'The server is unreachable. Retrying…',
  offline: 'You are offline. Your input is kept.',
  outdated: 'Mintmark was upgraded. Reload to use the new version.',
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
          {connection === 'outdated' ? <SyncIcon /> : <CloudOfflineIcon />}
          {words[connection]}
          {connection === 'outdated' && (
            <Button size="compact-xs" variant="default" onClick={() => window.location.reload()}>
              Reload
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
