/** The other fields of the legal form, as they are being written. Pure. */
import type { Application } from '@zhenghe/server/data/exchange/request.contract.ts'

export const NO_APPLICATION: Application = { system: '', scope: '', matter: '', user: '', userPhone: '', userEmail: '', technical: '' }

/** Whether nothing of it is filled in. */
export const isEmpty = (application: Application): boolean => Object.values(application).every((value) => value === '' || value === undefined)
