/** The content security policy forbids code made from text; zod would try it at its first schema. Stands in zod's own chunk, to run before any. */
import { z } from 'zod'

z.config({ jitless: true })
