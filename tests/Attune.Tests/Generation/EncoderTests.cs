using Attune.Formats;
using Attune.Models;
using Attune.Nn;
using Attune.Tasks;
using Microsoft.Extensions.AI;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Generation;

/// <summary>Labels and embeddings of many texts are those of each by itself.</summary>
public sealed class EncoderTests : IDisposable
{
    private static readonly string[] Texts = ["a film", "the story is dull", "great", "a moving and funny film and a great story", "fine film", "is long", ""];
    private readonly TemporaryFolder folder = new();

    public EncoderTests() => SmallReviews.Write(folder, rows: 6);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Embeddings_of_many_texts_are_each_texts_own(bool normalize)
    {
        using var open = Open("BertModel");
        using var generator = new AttuneEmbeddingGenerator(open, normalize);
        var together = generator.Embed(Texts, cancellationToken: TestContext.Current.CancellationToken);
        var asked = await generator.GenerateAsync(Texts, cancellationToken: TestContext.Current.CancellationToken);
        for (int i = 0; i < Texts.Length; i++)
        {
            float[] alone = generator.Embed([Texts[i]], cancellationToken: TestContext.Current.CancellationToken)[0];
            Assert.Equal(16, alone.Length);
            Assert.All(alone.Zip(together[i]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            Assert.Equal(together[i], asked[i].Vector.ToArray());
            double norm = Math.Sqrt(alone.Sum(number => (double)number * number));
            Assert.Equal(normalize, Math.Abs(norm - 1) < 1e-5);
        }

        Assert.Equal(16, generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        await Assert.ThrowsAsync<AttuneException>(() => generator.GenerateAsync(Texts, new() { Dimensions = 3 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_mean_is_over_the_rows_own_tokens()
    {
        using var scope = NewDisposeScope();
        using var rows = PackedRows.From([[1, 2, 3], [4], [5, 6]], CPU);
        var hidden = tensor(new float[,] { { 1, 0 }, { 2, 0 }, { 6, 3 }, { 7, 8 }, { 1, 1 }, { 3, 5 } }, device: CPU);
        Assert.Equal([3f, 1, 7, 8, 2, 3], MeanPooling.Of(hidden, rows).data<float>().ToArray());
    }

    [Fact]
    public void Scores_of_many_texts_are_each_texts_own()
    {
        using var open = Open("BertForSequenceClassification");
        using var classifier = new TextClassifier(open);
        var together = classifier.Classify(Texts, cancellationToken: TestContext.Current.CancellationToken);
        for (int i = 0; i < Texts.Length; i++)
        {
            var alone = classifier.Classify([Texts[i]], cancellationToken: TestContext.Current.CancellationToken)[0];
            Assert.Equal(alone.Label, together[i].Label);
            Assert.All(alone.Scores.Zip(together[i].Scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            Assert.Equal(1, alone.Scores.Sum(), 1e-5);
        }

        var paired = classifier.Classify([("a film", "is long")], cancellationToken: TestContext.Current.CancellationToken)[0];
        Assert.NotEqual(together[0].Score, paired.Score);
    }

    [Fact]
    public void A_bare_encoder_and_a_language_model_are_refused()
    {
        using var open = Open("BertModel");
        Assert.Contains("is no classifier", Assert.Throws<AttuneException>(() => new TextClassifier(open)).Message);
        using var tiny = OpenModel.Open(BuiltinModels.Folder("tiny"));
        Assert.Contains("is no encoder", Assert.Throws<AttuneException>(() => new AttuneEmbeddingGenerator(tiny)).Message);
        Assert.Contains("is an encoder", Assert.Throws<AttuneException>(() => open.Model).Message);
    }

    private OpenModel Open(string architecture) => ModelText.New(HuggingFaceConfig.Parse(System.Text.Encoding.UTF8.GetBytes(
        $$"""
        {"model_type": "bert", "vocab_size": 19, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 32,
         "architectures": ["{{architecture}}"], "num_labels": 3, "initializer_range": 0.3}
        """), "config.json"), folder["words"]).Load(float32, float32, seed: 4);
}
