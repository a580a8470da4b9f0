using Attune.Formats;
using Attune.Nn;
using Attune.Tasks;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

public sealed class BertTests
{
    private static readonly int[][] Ids = [[5, 6, 7, 8, 9], [10, 11], [12, 13, 14, 15, 16], [17]];
    private static readonly int[]?[] Types = [[0, 0, 1, 1, 1], null, [0, 1, 1, 1, 1], null];

    [Fact]
    public void Packed_rows_are_the_same_as_one_by_one()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModel.Bert();
        using var method = Attach(model);
        using var packed = PackedRows.From(Ids, CPU, tokenTypes: Types);
        var targets = tensor(new long[] { 2, 0, 1, 1 }, device: CPU);
        var together = ClassifierLoss.Sum(model, packed, targets);
        together.backward();
        var gradients = method.Trainable.Select(named => (named.Name, Gradient: named.Tensor.grad!.clone())).ToList();
        method.Trainable.ToList().ForEach(named => named.Tensor.grad = null);
        double sum = 0;
        for (int row = 0; row < Ids.Length; row++)
        {
            using var alone = PackedRows.From([Ids[row]], CPU, tokenTypes: [Types[row]]);
            var loss = ClassifierLoss.Sum(model, alone, targets.narrow(0, row, 1));
            loss.backward();
            sum += loss.ToDouble();
        }

        Assert.Equal(sum, together.ToDouble(), 1e-5);
        foreach (var ((name, expected), (_, trained)) in gradients.Zip(method.Trainable))
        {
            // The largest gradient of a key's bias is chance.
            double largest = expected.abs().max().ToDouble();
            Assert.True(SmallModel.Off(expected, trained.grad!) <= Math.Max(1e-6, 1e-5 * largest), $"{name} is off by {SmallModel.Off(expected, trained.grad!)} of {largest}");
        }
    }

    [Fact]
    public void Texts_of_a_row_are_told_apart()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModel.Bert();
        using var one = PackedRows.From([Ids[0]], CPU);
        using var two = PackedRows.From([Ids[0]], CPU, tokenTypes: [Types[0]]);
        Assert.True(SmallModel.Off(model.Logits(one), model.Logits(two)) > 1e-3);
    }

    [Fact]
    public void Values_that_are_computed_again_give_the_same_gradients()
    {
        using var scope = NewDisposeScope();
        var gradients = new List<List<Tensor>>();
        foreach (bool again in new[] { false, true })
        {
            using var model = SmallModel.Bert();
            using var method = Attach(model);
            model.CheckpointActivations = again;
            using var rows = PackedRows.From(Ids, CPU);
            ClassifierLoss.Sum(model, rows, tensor(new long[] { 2, 0, 1, 1 }, device: CPU)).backward();
            gradients.Add([.. method.Trainable.Where(named => named.Tensor.grad is not null).Select(named => named.Tensor.grad!.clone())]);
        }

        Assert.NotEmpty(gradients[0]);
        Assert.All(gradients[0].Zip(gradients[1]), pair => Assert.True(pair.First.equal(pair.Second).all().ToBoolean()));
    }

    [Fact]
    public void A_checkpoint_of_another_head_is_opened_without_it_and_saved_bare()
    {
        using var folder = new TemporaryFolder();
        string path = TestPaths.SharedOrSkip("parity/_models/bert-pretraining");
        var loaded = ModelLoader.Load(path, float32, float32);
        using (loaded.Weights)
        {
            Assert.Contains("cls.predictions.bias", loaded.Unexpected);
            Assert.Null(loaded.Weights.Head);
            ModelSaver.Save(loaded.Weights, folder["bare"]);
        }

        Assert.Equal(["BertModel"], HuggingFaceConfig.Open(folder["bare"]).Architectures);
        using var again = ModelLoader.Load(folder["bare"], float32, float32).Weights;
        Assert.Contains(again.NamedParameters(), named => named.Name == "embeddings.word_embeddings.weight");
    }

    [Fact]
    public void A_checkpoint_without_a_pooler_begins_one()
    {
        string path = TestPaths.SharedOrSkip("parity/_models/bert-masked-lm");
        var loaded = ModelLoader.Load(path, float32, float32);
        using var model = loaded.Weights;
        Assert.Equal(["pooler.dense.bias", "pooler.dense.weight"], loaded.Begun.Order());
        Assert.Equal(["pooler.dense"], model.BegunLayers);
    }

    [Fact]
    public void A_language_model_is_no_encoder_and_an_encoder_no_language_model()
    {
        using var bert = SmallModel.Bert(labels: 0);
        using var llama = SmallModel.Llama();
        Assert.Contains("writes no text", Assert.Throws<AttuneException>(() => LanguageModel.Of(bert)).Message);
        Assert.Contains("is no encoder", Assert.Throws<AttuneException>(() => EncoderModel.Of(llama)).Message);
        Assert.Contains("is no classifier", Assert.Throws<AttuneException>(bert.RequireClassifier).Message);
    }

    private static ITuningMethod Attach(TextModel model)
    {
        var method = TuningMethods.Create(new Recipes.MethodChoice("full"));
        method.Attach(model, seed: 0);
        return method;
    }
}
