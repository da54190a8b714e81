import { OrdersService } from '../src/orders/orders.service';

test('nothing below zero is open', async () => {
  const orders = new OrdersService({ balance: async () => -4 } as never);
  expect(await orders.open('a')).toBe(0);
});
