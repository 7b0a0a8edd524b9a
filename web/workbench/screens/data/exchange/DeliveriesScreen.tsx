import { useLanguage } from '@zhenghe/ui/language.tsx'
import { Page } from '@zhenghe/ui/Page.tsx'
import { deliveryWords as words } from '../../../texts/deliveries.ts'
import { DeliveriesTable } from './DeliveriesTable.tsx'

/** Every delivery from or to one's unit. */
export function DeliveriesScreen() {
  const { say } = useLanguage()
  return (
    <Page title={say(words.deliveries)} lead={say(words.lead)}>
      <DeliveriesTable />
    </Page>
  )
}
