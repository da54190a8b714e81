import Redis from 'ioredis';
import { Kafka } from 'kafkajs';
import { ship } from './shipping';

const redis = new Redis(process.env.REDIS_URL!);
const kafka = new Kafka({ clientId: 'orders', brokers: ['kafka:9092'] });

async function lockOrder(orderId: string, token: string): Promise<boolean> {
  const key = `lock:order:${orderId}`;
  const taken = await redis.setnx(key, token);
  if (taken) await redis.expire(key, 30);
  return taken === 1;
}

export async function run() {
  const consumer = kafka.consumer({ groupId: 'shipping' });
  await consumer.subscribe({ topic: 'orders' });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const order = JSON.parse(message.value!.toString());
      if (!(await lockOrder(order.id, crypto.randomUUID()))) return;
      try {
        await ship(order);
      } catch (error) {
        console.error('order not shipped', error);
      }
    },
  });
}
