import { describeKafka, testKafka } from '../../testing/kafka.ts'
import { conformance } from '../testing/conformance.ts'
import { kafkaAddress } from './address.ts'
import { KafkaSource } from './source.ts'
import { KafkaTarget } from './target.ts'

describeKafka('a real broker', () => {
  const kafka = testKafka()

  conformance('Kafka', {
    schema: 'topics',
    source: () => new KafkaSource(kafkaAddress(kafka.server.url())),
    target: () => new KafkaTarget(kafkaAddress(kafka.server.url())),
  })
})
