using System.Text;
using Attune.Formats;

namespace Attune.Generation;

public sealed class GenerationOptionsTests
{
    [Fact]
    public void Names_are_transformers_own()
    {
        var options = Read("""
            {"max_new_tokens": 7, "do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0.1, "repetition_penalty": 1.05, "num_beams": 1,
             "eos_token_id": [1, 2], "stop_strings": "end", "early_stopping": "never", "transformers_version": "5.23.0", "bad_words_ids": null, "guidance_scale": 1.0}
            """);
        Assert.Equal((7, true, 0.6, 20, 0.95, 0.1, 1.05), (options.MaxNewTokens, options.DoSample, options.Temperature, options.TopK, options.TopP, options.MinP, options.RepetitionPenalty));
        Assert.Equal([1, 2], options.EosTokenIds);
        Assert.Equal(["end"], options.StopStrings);
        Assert.Equal(EarlyStopping.WhenImpossible, options.EarlyStopping);
    }

    [Theory]
    [InlineData("""{"temperature": 0}""", "temperature must be greater than 0")]
    [InlineData("""{"top_p": 1.5}""", "top_p must be from 0 to 1")]
    [InlineData("""{"top_k": -1}""", "top_k")]
    [InlineData("""{"typical_p": 0}""", "typical_p")]
    [InlineData("""{"num_beams": 2, "do_sample": true}""", "num_beams")]
    [InlineData("""{"num_beams": 2, "num_return_sequences": 3}""", "num_return_sequences")]
    [InlineData("""{"num_return_sequences": 2}""", "do_sample")]
    [InlineData("""{"stop_strings": [""]}""", "stop_strings")]
    [InlineData("""{"early_stopping": "sometimes"}""", "early_stopping")]
    [InlineData("""{"bad_words_ids": [[5]]}""", "bad_words_ids is not supported")]
    [InlineData("""{"guidance_scale": 1.5}""", "guidance_scale is not supported")]
    public void What_cannot_be_honoured_is_refused(string json, string message) => Assert.Contains(message, Assert.Throws<AttuneException>(() => Read(json)).Message);

    private static GenerationOptions Read(string json) => GenerationOptions.Read(HuggingFaceConfig.ParseAny(Encoding.UTF8.GetBytes(json), "generation_config.json"));
}
