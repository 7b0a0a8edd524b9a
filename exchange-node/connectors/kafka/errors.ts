/** What an error of a Kafka cluster means to an operator. */

import { RowTooLong } from '../../pg/copy-out.ts'
import { Refusal, type RefusalCode, refusal } from '../../refusal.ts'

export type Side = 'source' | 'target'
type Meaning = [RefusalCode | { source: RefusalCode; target: RefusalCode }, string]

const RIGHTS = { source: 'source_rights', target: 'target_rights' } as const
const MISSING = { source: 'source_missing', target: 'target_missing' } as const
const CHANGED = { source: 'source_changed', target: 'target_incompatible' } as const
const CERTIFICATE: Meaning = ['database_login', 'the certificate of the server is not trusted: name its authority as «ca» in the address']

/** By Kafka's own names of errors, and by those of the system. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  SASL_AUTHENTICATION_FAILED: ['database_login', 'the cluster refuses the login: check user and password in the address of the store'],
  ILLEGAL_SASL_STATE: ['database_login', 'the cluster wants another way to log in: check sasl and tls in the address of the store'],
  UNSUPPORTED_SASL_MECHANISM: ['database_login', 'the cluster does not know this way to log in: check sasl in the address of the store'],
  PLT_KFK_AUTHENTICATION: ['database_login', 'the cluster refuses the login: check user, password and sasl in the address of the store'],
  TOPIC_AUTHORIZATION_FAILED: [RIGHTS, 'the login may not do this with the topic: let the administrator of the cluster allow it'],
  CLUSTER_AUTHORIZATION_FAILED: [RIGHTS, 'the login may not do this with the cluster: let its administrator allow it, or make the topic'],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: [RIGHTS, 'the login may not use transactions: allow it the transactional ids that begin with zhenghe-exchange'],
  GROUP_AUTHORIZATION_FAILED: [RIGHTS, 'the login may not read: let the administrator of the cluster allow it'],
  POLICY_VIOLATION: ['target_rights', 'a policy of the cluster refuses the topic: let its administrator make it'],
  INVALID_REPLICATION_FACTOR: ['target_incompatible', 'the cluster has fewer servers than replicas are asked for: lower replicas in the address of the store'],
  INVALID_TRANSACTION_TIMEOUT: [
    'target_incompatible',
    'the cluster allows no transactions of ten minutes: raise transaction.max.timeout.ms to 600000 or more, which is less than its default',
  ],
  OFFSET_OUT_OF_RANGE: [CHANGED, 'messages are gone by the retention of the topic before they were read: raise its retention, then order a whole load'],
  UNKNOWN_TOPIC_OR_PARTITION: [MISSING, 'the topic is gone: bind the resource to where it is now'],
  UNKNOWN_TOPIC_ID: [MISSING, 'the topic was removed while it was read: bind the resource to where it is now'],
  MESSAGE_TOO_LARGE: ['target_value', 'a message is longer than the topic takes: raise its max.message.bytes'],
  RECORD_LIST_TOO_LARGE: ['target_value', 'a message is longer than the topic takes: raise its max.message.bytes'],
  NOT_ENOUGH_REPLICAS: ['database_busy', 'too few servers of the cluster are there to take messages; it is tried again'],
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: ['database_busy', 'too few servers of the cluster are there to take messages; it is tried again'],
  LEADER_NOT_AVAILABLE: ['database_unreachable', 'the server that leads a partition is not there just now; it is tried again'],
  NOT_LEADER_OR_FOLLOWER: ['database_unreachable', 'another server leads a partition now; it is tried again'],
  KAFKA_STORAGE_ERROR: ['target_room', 'the disk of the cluster is full or broken: make room, then resume'],
  PRODUCER_FENCED: ['database_busy', 'another node writes into the same topic; only one may'],
  INVALID_PRODUCER_EPOCH: ['database_busy', 'another node writes into the same topic, or the transaction took longer than ten minutes; it is tried again'],
  CONCURRENT_TRANSACTIONS: ['database_busy', 'the cluster is still ending the last transaction; it is tried again'],
  INVALID_TXN_STATE: ['database_gone', 'the cluster has ended the transaction; it is begun again'],
  INVALID_PRODUCER_ID_MAPPING: ['database_gone', 'the cluster has forgotten the transaction; it is begun again'],
  ECONNREFUSED: ['database_unreachable', 'nothing listens at the address of the cluster: check that it runs, and its hosts and ports'],
  ENOTFOUND: [
    'database_unreachable',
    'a host of the cluster is not known: check the address of the store, and the names under which its servers announce themselves',
  ],
  ETIMEDOUT: ['database_unreachable', 'the cluster did not answer in time: check the network between this node and it'],
  PLT_KFK_TIMEOUT: ['database_unreachable', 'the cluster did not answer in time; it is tried again'],
  PLT_KFK_UNSUPPORTED_API: ['database_too_old', 'the cluster is too old for this node, which needs Kafka 2.8 or later'],
  PLT_KFK_UNSUPPORTED_COMPRESSION: ['source_encoding', 'messages are compressed in a way that this node does not read'],
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  CERT_HAS_EXPIRED: CERTIFICATE,
  ERR_TLS_CERT_ALTNAME_INVALID: ['database_login', 'the certificate of the server is for another name: name its hosts as the certificate does'],
  PLT_KFK_NETWORK: ['database_gone', 'the cluster closed the connection: if that was not a restart, check tls and sasl in the address of the store'],
}

/** What the driver says of a server that leads a partition and is not there, as it is for a while after it was away. */
const NO_LEADER = /cannot find broker/i

type KafkaError = Error & { code?: unknown; apiId?: unknown; errors?: readonly unknown[] }

/** A refusal keeps its code; an error of the driver is known by the deepest name in it that means something; anything else stays what it is. */
export function explained(error: unknown, side: Side): unknown {
  if (error instanceof Refusal || error instanceof RowTooLong) return error
  const names = namesOf(error)
  if (NO_LEADER.test((error as Error).message)) names.add('LEADER_NOT_AVAILABLE')
  const name = Object.keys(MEANINGS).find((known) => names.has(known))
  if (name === undefined) return error
  const [code, words] = MEANINGS[name]!
  return refusal(typeof code === 'string' ? code : code[side], `${side}: ${words} (${name})`, error)
}

/** Whether Kafka's own name of an error is anywhere in it. */
export function isKafkaError(error: unknown, name: string): boolean {
  return namesOf(error).has(name)
}

/** Errors hold errors: of each server, of each try. */
function namesOf(error: unknown, names = new Set<string>()): Set<string> {
  if (!(error instanceof Error)) return names
  const { code, apiId, errors = [], cause } = error as KafkaError
  for (const name of [code, apiId]) if (typeof name === 'string') names.add(name)
  for (const inner of [...errors, cause]) namesOf(inner, names)
  return names
}
