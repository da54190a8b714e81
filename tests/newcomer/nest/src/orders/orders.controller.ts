import { Controller, Get, Param, Post } from '@nestjs/common';
import { OrdersService } from './orders.service';
import { SettlementService } from './settlement.service';

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly settlement: SettlementService,
  ) {}

  @Get(':account')
  async open(@Param('account') account: string): Promise<{ open: number }> {
    return { open: await this.orders.open(account) };
  }

  @Post(':id/settle')
  async settle(@Param('id') id: string): Promise<{ settled: boolean }> {
    return { settled: await this.settlement.settle(id) };
  }
}
