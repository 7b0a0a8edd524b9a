/** How often rows go to a consumer. */
import { z } from 'zod'

/** How often the consumer wants it, in the city's time. */
export const Schedule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once') }),
  z.object({ kind: z.literal('daily'), at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/) }),
  z.object({ kind: z.literal('hourly') }),
])
export type Schedule = z.infer<typeof Schedule>
