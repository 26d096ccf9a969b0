import { Anchor, Button, List, Stack, Text, Title } from '@mantine/core'
import { Link } from 'react-router'

import type { Completeness } from '../../api/search-types'
import { Empty } from '../../ui/Empty'
import { paths } from '../../util/paths'
import type { Search } from '../../util/search-address'
import classes from './SearchHelp.module.css'

const EXAMPLES: [string, string][] = [
  ['tax 2025', 'words of a name or folder, in any order'],
  ['"final report"', 'words together'],
  ['holiday -draft', 'without a word'],
  ['IMG_20*.jpg', 'any letters for *, one letter for ?'],
  ['is:deleted type:picture', 'pictures that are no more'],
  ['ext:mkv size:>1G', 'by extension and size'],
  ['modified:2024-05..2024-06', 'by when it was changed'],
  ['in:tank/home path:/Documents/', 'in a dataset, below a folder'],
  ['owner:anna', 'by whose it is'],
]

/** Before anything is asked: what can be. */
export function StartView() {
  return (
    <Stack gap="sm" maw={640} py="sm">
      <Text>
        Every file that is here now, and every one that any snapshot holds. Type above; hits appear as you
        type.
      </Text>
      <Title order={2} size="h5">
        What you can type
      </Title>
      <dl className={classes.examples}>
        {EXAMPLES.map(([q, words]) => (
          <div key={q} style={{ display: 'contents' }}>
            <dt>
              <Anchor component={Link} to={paths.search({ q })} inherit className={classes.example}>
                {q}
              </Anchor>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Stack>
  )
}

type Props = { search: Search; completeness: Completeness; onChange: (to: Partial<Search>) => void }

/** No hit: what may help. */
export function NothingFound({ search, completeness, onChange }: Props) {
  const filtered = Object.keys(search.chosen).length > 0
  return (
    <Empty title="Nothing was found">
      <List size="sm" ta="left" c="dimmed" mb="sm">
        {filtered ? <List.Item>The filters may leave nothing: remove some.</List.Item> : null}
        {/\s/.test(search.q.trim()) ? (
          <List.Item>All words have to be there: try fewer of them, or only how they begin.</List.Item>
        ) : (
          <List.Item>Try how the name begins, or a part of it with * before and after.</List.Item>
        )}
        {search.group === 'entry' ? (
          <List.Item>Only each file’s last version is looked at: “Every version” looks at all.</List.Item>
        ) : null}
        {completeness.complete ? null : (
          <List.Item>Not everything is indexed yet: it may be found later.</List.Item>
        )}
        <List.Item>
          What is in files is not searched, only names, folders and what is known of them.
        </List.Item>
      </List>
      {filtered ? (
        <Button variant="default" size="sm" onClick={() => onChange({ chosen: {} })}>
          Remove all filters
        </Button>
      ) : null}
    </Empty>
  )
}
