import { useQuery } from '@tanstack/react-query'
import { Navigate, useParams } from 'react-router'

import { datasetsQuery } from '../api/queries'
import type { Dataset } from '../api/types'
import { DatasetNav } from '../components/snapshots/DatasetNav'
import { SnapshotList } from '../components/snapshots/SnapshotList'
import { Empty } from '../ui/Empty'
import { ErrorNote } from '../ui/ErrorNote'
import { Loading } from '../ui/Loading'
import { Page } from '../ui/Page'
import { paths } from '../util/paths'
import classes from './SnapshotsPage.module.css'

/** What is kept? Datasets at the left, the chosen one's snapshots beside them. */
export function SnapshotsPage() {
  const { dataset } = useParams()
  const { data: datasets, error, isPending, refetch } = useQuery(datasetsQuery)
  return (
    <Page title="Snapshots">
      {datasets !== undefined ? (
        <Columns datasets={datasets} chosen={dataset} />
      ) : isPending ? (
        <Loading what="datasets" rows={8} />
      ) : (
        <ErrorNote title="The datasets can’t be shown" error={error} onRetry={() => void refetch()} />
      )}
    </Page>
  )
}

function Columns({ datasets, chosen }: { datasets: Dataset[]; chosen: string | undefined }) {
  const [first] = datasets
  if (first === undefined) {
    return (
      <Empty title="There is no dataset">
        Snapshots belong to datasets. Create one with <code>zfs create</code> on the server.
      </Empty>
    )
  }
  if (chosen === undefined) return <Navigate to={paths.snapshots(first.name)} replace />
  const dataset = datasets.find((candidate) => candidate.name === chosen)
  return (
    <div className={classes.columns}>
      <DatasetNav datasets={datasets} chosen={chosen} />
      <div className={classes.list}>
        {dataset === undefined ? (
          <Empty title={`There is no dataset ${chosen}`}>Choose another one.</Empty>
        ) : (
          <SnapshotList key={dataset.guid} dataset={dataset} />
        )}
      </div>
    </div>
  )
}
