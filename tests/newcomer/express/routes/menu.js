const express = require('express')
const kitchen = require('../lib/kitchen')

const router = express.Router()

router.get('/:day', (req, res, next) => {
  kitchen.dishes(req.params.day, (error, dishes) => {
    if (error) return next(error)
    res.json(dishes)
  })
})

module.exports = router
