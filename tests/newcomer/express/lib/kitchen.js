const request = require('request')

const KITCHEN = process.env.KITCHEN_URL

exports.dishes = function dishes(day, done) {
  request({ uri: `${KITCHEN}/dishes/${day}`, json: true }, (error, response, body) => {
    if (error) return done(error)
    done(null, body.dishes)
  })
}
