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
    [InlineData("""{"do_sample": true, "temperature": 0}""", "temperature must be greater than 0")]
    [InlineData("""{"do_sample": true, "top_p": 1.5}""", "top_p must be from 0 to 1")]
    [InlineData("""{"do_sample": true, "top_k": -1}""", "top_k")]
    [InlineData("""{"do_sample": true, "typical_p": 0}""", "typical_p")]
    [InlineData("""{"do_sample": true, "temperature": "hot"}""", "temperature")]
    [InlineData("""{"num_beams": 2, "do_sample": true}""", "num_beams")]
    [InlineData("""{"num_beams": 2, "num_return_sequences": 3}""", "num_return_sequences")]
    [InlineData("""{"num_return_sequences": 2}""", "do_sample")]
    [InlineData("""{"stop_strings": [""]}""", "stop_strings")]
    [InlineData("""{"early_stopping": "sometimes"}""", "early_stopping")]
    [InlineData("""{"bad_words_ids": [[5]]}""", "bad_words_ids is not supported")]
    [InlineData("""{"guidance_scale": 1.5}""", "guidance_scale is not supported")]
    public void What_cannot_be_honoured_is_refused(string json, string message) => Assert.Contains(message, Assert.Throws<AttuneException>(() => Read(json)).Message);

    [Theory]
    [InlineData("""{"temperature": 0}""")]
    [InlineData("""{"do_sample": false, "temperature": 0.0, "top_k": -1, "top_p": 0, "typical_p": 0, "min_p": 7, "eta_cutoff": 1}""")]
    [InlineData("""{"temperature": null, "top_k": null, "top_p": null}""")]
    [InlineData("""{"temperature": "hot", "top_k": [1], "top_p": true}""")]
    [InlineData("""{"diversity_penalty": 0.5, "num_beam_groups": 2}""")]
    public void What_does_not_act_may_be_anything(string json)
    {
        var options = Read(json);
        options.Check();
        Assert.False(options.DoSample);
    }

    [Fact]
    public void What_does_not_act_becomes_an_error_where_it_would()
    {
        var options = Read("""{"temperature": 0, "top_k": -1}""") with { DoSample = true };
        Assert.Contains("temperature", Assert.Throws<AttuneException>(options.Check).Message);
        Assert.Contains("top_k", Assert.Throws<AttuneException>((options with { Temperature = 0.7 }).Check).Message);
        (options with { Temperature = 0.7, TopK = 5 }).Check();
    }

    [Fact]
    public void What_a_file_says_in_vain_is_told_once()
    {
        var config = HuggingFaceConfig.ParseAny("""
            {"temperature": 0, "top_k": 50, "top_p": 0.9, "min_p": null, "length_penalty": 2.0, "temprature": 1, "pad_token_id": 0, "transformers_version": "5.0", "_from_model_config": true, "eos_token_id": 2}
            """u8, "generation_config.json");
        var notices = new Notices();
        GenerationConfigReader.Tell(config, GenerationOptions.Read(config), notices);
        GenerationConfigReader.Tell(config, GenerationOptions.Read(config), notices);
        Assert.Equal([("settings-for-drawing", 2), ("settings-for-beams", 1), ("unknown-generation-settings", 1)], notices.All.Select(notice => (notice.Code, notice.Count)));
        Assert.Equal(["temperature: 0, top_p: 0.9", "length_penalty: 2.0", "temprature: 1"], notices.All.Select(notice => notice.First));
        Assert.Equal("did you mean temperature?", notices.All[2].Cure);
        var drawing = new Notices();
        GenerationConfigReader.Tell(config, GenerationOptions.Read(config) with { DoSample = true, NumBeams = 2 }, drawing);
        Assert.Equal(["unknown-generation-settings"], drawing.All.Select(notice => notice.Code));
    }

    private static GenerationOptions Read(string json) => GenerationOptions.Read(HuggingFaceConfig.ParseAny(Encoding.UTF8.GetBytes(json), "generation_config.json"));
}
