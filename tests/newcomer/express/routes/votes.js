const express = require('express')

const router = express.Router()

router.post('/:dish', (req, res) => {
  req.session.votes = [...(req.session.votes || []), req.params.dish]
  res.status(204).end()
})

module.exports = router
