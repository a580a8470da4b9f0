using System.Text.Json.Serialization;
using Attune.Evaluation;

namespace Attune.Training;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelScores))]
internal sealed partial class ScoresJson : JsonSerializerContext;
