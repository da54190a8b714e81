import { Module } from '@nestjs/common';
import { RedisClient } from './common/redis.client';
import { BillingService } from './billing/billing.service';
import { OrdersController } from './orders/orders.controller';
import { OrdersService } from './orders/orders.service';
import { SettlementService } from './orders/settlement.service';

@Module({
  controllers: [OrdersController],
  providers: [RedisClient, BillingService, OrdersService, SettlementService],
})
export class AppModule {}
