import { Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'

import type { Past } from '../../util/past'
import { RestoreForm } from './RestoreForm'
import { restoreTitle } from './restore-label'
import { RestoreRun } from './RestoreRun'

type Props = { dataset: string; from: Past; paths: string[]; onClose: () => void }

/** From when, to where, what if something is there; the plan; then the job in the same place. */
export function RestoreDialog({ dataset, from, paths, onClose }: Props) {
  const [jobId, setJobId] = useState<string | null>(null)
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  return (
    <Modal
      opened
      onClose={onClose}
      title={restoreTitle(paths)}
      size="lg"
      fullScreen={phone}
      closeButtonProps={{ 'aria-label': 'Close' }}
      // A slip beside the dialog must not throw away what was chosen.
      closeOnClickOutside={false}
    >
      {jobId === null ? (
        <RestoreForm dataset={dataset} from={from} paths={paths} onStarted={(job) => setJobId(job.id)} />
      ) : (
        <RestoreRun jobId={jobId} onClose={onClose} />
      )}
    </Modal>
  )
}
