import { PrinterOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { csvOf } from '@zhenghe/server/data/demand/list.rules.ts'
import { listNames } from '@zhenghe/server/data/demand/texts.ts'
import { Copyable } from '@zhenghe/ui/Copyable.tsx'
import { Moment } from '@zhenghe/ui/Figures.tsx'
import { formatCount } from '@zhenghe/ui/format.ts'
import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { Button } from 'antd'
import { demand } from '../../../api/demand.ts'
import { useParam } from '../../../hooks/useAddress.ts'
import { download } from '../../../parts/download.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { listWords as words } from '../../../texts/demand.ts'
import { ListTable } from './ListsScreen.tsx'
import './Lists.css'

/** One published edition, as it was on its day. */
export function EditionScreen() {
  const { say } = useLanguage()
  const query = useQuery(demand.query('edition', { id: useParam('id') }))
  return (
    <Loaded query={query} title={say(words.editions)}>
      {({ list, number, publishedAt, publishedByName, rowCount, digest, note, rows }) => {
        const title = say(words.edition, { list: listNames[list], number })
        return (
          <Page
            title={title}
            crumbs={[
              {
                key: 'lists',
                link: (
                  <Link to="/demand/lists" search={{ list } as never}>
                    {say(words.lists)}
                  </Link>
                ),
              },
            ]}
            lead={
              <>
                <Moment value={publishedAt} /> · {say(words.editionOf, { rows: formatCount(rowCount), name: publishedByName })}
                {note && ` · ${note}`}
              </>
            }
            action={
              <>
                <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
                  {say(words.print)}
                </Button>
                <Button onClick={() => download(`${title}.csv`, csvOf(list, rows))}>{say(words.csv)}</Button>
              </>
            }
          >
            <ListTable list={list} rows={rows} />
            <p className="faint">
              {say(words.digest)} <Copyable text={digest} />
            </p>
          </Page>
        )
      }}
    </Loaded>
  )
}
