import { SegmentedControl, Slider } from '@mantine/core'
import { useState } from 'react'

import classes from './Compare.module.css'

type Props = { before: { url: string; word: string }; after: { url: string; word: string } }

/** Two pictures beside each other, or one over the other with an edge to move. */
export function PictureCompare({ before, after }: Props) {
  const [over, setOver] = useState(false)
  const [edge, setEdge] = useState(50)
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Pictures shown"
        style={{ alignSelf: 'flex-start' }}
        value={over ? 'over' : 'beside'}
        data={[
          { value: 'beside', label: 'Side by side' },
          { value: 'over', label: 'One over the other' },
        ]}
        onChange={(value) => setOver(value === 'over')}
      />
      {over ? (
        <div>
          <div className={classes.stack}>
            <img src={after.url} alt={after.word} />
            <img src={before.url} alt={before.word} style={{ clipPath: `inset(0 ${100 - edge}% 0 0)` }} />
            <span className={classes.edge} style={{ left: `${edge}%` }} />
          </div>
          <Slider
            mt="sm"
            label={null}
            thumbLabel="How much of the earlier picture is shown"
            value={edge}
            onChange={setEdge}
          />
        </div>
      ) : (
        <div className={classes.pair}>
          {[before, after].map(({ url, word }, i) => (
            <figure key={i}>
              <img src={url} alt={word} />
              <figcaption>{word}</figcaption>
            </figure>
          ))}
        </div>
      )}
    </>
  )
}
